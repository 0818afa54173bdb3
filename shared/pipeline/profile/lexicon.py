"""Frequent given names and family names of several languages: evidence for person names in a column.

Public census and registry name statistics (US, UK, Germany, France, Spain, Italy, India, China, Arabic countries).
Names that are mostly something else in data (colours, months, places, products) are left out.
"""

from __future__ import annotations

from shared.pipeline.profile.words import word_set

GIVEN_NAMES: frozenset[str] = word_set(
    """
    james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald
    steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas
    eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander raymond patrick jack
    dennis jerry tyler aaron jose henry adam douglas nathan peter zachary kyle walter harold jeremy ethan carl keith
    roger gerald arthur terry lawrence sean albert joe willie billy bryan bruce ralph roy eugene louis philip bobby
    johnny harry liam noah oliver elijah lucas mason logan aiden jackson caleb owen wyatt luke isaac gabriel julian
    mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley
    kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy
    kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine debra rachel carolyn janet
    maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith andrea
    hannah megan cheryl jacqueline martha gloria teresa ann sara madison frances kathryn janice jean alice abigail
    julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany
    charlotte marie kayla alexis lori ava mia amelia harper ella chloe zoe lily nora hazel ellie lucy claire audrey
    alan alex ben bob chris dan dave ed fred greg jim jeff ken matt mike nick pete phil rob ron sam steve ted tim tom
    tony will kate jenny liz meg sue beth becky cathy debbie ian neil simon graham nigel stuart gareth colin trevor
    oscar felix max leon paul jonas lukas elias finn ben luis emil anton moritz hans klaus juergen jurgen wolfgang
    uwe dieter manfred helmut stefan andreas matthias markus torsten ralf sabine petra monika ursula renate ingrid
    heike birgit katrin anja silke lena leonie greta ida mathilda pierre jean michel philippe alain nicolas laurent
    christophe sebastien julien antoine camille manon lea ines sophie nathalie isabelle sylvie catherine francoise
    valerie celine aurelie emilie juan carlos manuel francisco javier antonio jesus miguel angel pedro alejandro
    rafael fernando luis jorge alberto sergio diego pablo ramon enrique raul ivan ruben carmen ana isabel dolores
    pilar rosa lucia elena cristina marta paula silvia raquel beatriz sofia valentina camila giuseppe giovanni
    mario luigi francesco marco alessandro andrea matteo lorenzo giulia chiara francesca alessia martina paolo
    raj rahul amit sanjay vijay anil sunil ravi suresh ramesh rajesh deepak arjun rohan aditya priya anjali neha
    pooja sunita anita kavita deepa lakshmi divya shreya ananya wei li ming jun hui yan jing fang lei xin yu chen
    hiroshi takashi kenji yuki haruto sakura akira keiko mohammed muhammad ahmed ali omar hassan hussein ibrahim
    youssef khalid fatima aisha mariam layla zainab noor yasmin amina olga natasha svetlana dmitri sergei vladimir
    igor alexei andrei boris ivan katya tatiana irina bjorn lars sven erik nils astrid freya magnus linus ingrid
    joao pedro tiago rui ines mariana beatriz thiago gustavo priscila kwame kofi ama chidi ngozi amara thandi
    ada alan grace linus edsger dana robin jordan taylor morgan casey jamie riley avery quinn cameron drew jesse
    """
)

FAMILY_NAMES: frozenset[str] = word_set(
    """
    smith johnson williams jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson
    anderson thomas taylor moore jackson martin lee perez thompson harris sanchez clark ramirez lewis robinson
    walker allen king wright scott torres nguyen hill flores adams nelson baker hall rivera campbell
    mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris
    morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward
    richardson watson brooks chavez james bennett mendoza ruiz hughes alvarez castillo sanders patel
    myers ross foster jimenez powell jenkins perry russell sullivan bell coleman butler henderson barnes
    gonzales fisher vasquez simmons graham patterson jordan reynolds hamilton gibson wallace cole owens
    stevens tucker porter hunter hicks crawford henry boyd mason kennedy warren dixon burns gordon shaw holmes rice
    robertson hunt daniels palmer mills grant knight ferguson hawkins dunn perkins hudson spencer
    gardner stephens payne pierce matthews arnold wagner willis ray watkins olson carroll duncan snyder hart
    cunningham bradley andrews harper riley armstrong carpenter weaver greene lawrence elliott sims austin
    peters kelley franklin lawson ryan schmidt carr wheeler chapman oliver montgomery richards williamson
    johnston meyer bishop mccoy howell morrison hansen garza harvey little burton stanley nguyen tran pham
    mueller muller schneider fischer weber becker schulz hoffmann schaefer koch bauer richter klein wolf schroeder
    neumann schwarz zimmermann braun krueger hofmann hartmann lange krause lehmann koehler herrmann koenig
    bernard dubois durand leroy moreau laurent lefebvre michel simon fournier girard bonnet dupont lambert fontaine
    fernandez romero navarro dominguez gil vazquez serrano molina rossi russo ferrari esposito bianchi romano
    colombo ricci marino greco bruno gallo conti costa silva santos oliveira souza pereira ferreira almeida
    sharma kumar singh gupta verma shah mehta reddy rao nair iyer khan chatterjee banerjee mukherjee das joshi
    wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo lin tanaka suzuki sato takahashi watanabe
    yamamoto nakamura kobayashi ito kato park choi jung kang ali ahmed hassan hussein ibrahim mahmoud abdullah
    ivanov petrov sidorov smirnov kuznetsov popov novak kowalski nowak larsen hansen nielsen jensen andersson
    johansson karlsson nilsson eriksson lindberg olsen haugen okafor adeyemi mensah lovelace turing hopper torvalds
    """
)
